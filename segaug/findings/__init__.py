"""What a fit or a comparison says, in sentences and cells of plain text: the terminal and the page show these."""
