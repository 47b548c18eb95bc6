"""One folder is one feature; features never import each other. `README.md` explains the anatomy."""
