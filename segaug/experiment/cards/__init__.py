"""Pictures and facts of a task, for previews and for the page."""
