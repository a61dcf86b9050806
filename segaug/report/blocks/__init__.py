"""What a page is built of: sections, tables, figure files, and what is left where one fails."""
