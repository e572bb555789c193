"""From one text to another: a person's words to the site language, or any two languages that two files hold line by line."""
