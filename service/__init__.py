"""How others ask: the HTTP application, its wire schemas and its error table."""
