"""The company's pages: slots, rules of the shop, choices, people, keys, the model."""
