"""Words and pixels: the page and the web application around it."""
