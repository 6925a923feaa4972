"""The pages of the codes that are not one rule's own, by what they are about."""
