"""Questions to learn from, without annotators; and the items that labeling functions vote on."""
