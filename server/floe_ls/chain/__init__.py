"""References, the layers they lead to, and what those layers make together. Pure: nothing is fetched here."""
