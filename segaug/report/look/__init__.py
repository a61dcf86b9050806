"""How anything is drawn: type, colours, sheets, pictures; knows nothing of a study."""
