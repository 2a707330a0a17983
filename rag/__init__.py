"""How a question becomes an answer: vocabulary, contracts, components, index, pipeline."""
