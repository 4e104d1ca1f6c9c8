"""What operators edit: flows and their tests, in YAML; `language/` reads them."""
