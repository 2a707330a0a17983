"""Ready labeling functions for legal and financial documents, and makers of such functions."""
