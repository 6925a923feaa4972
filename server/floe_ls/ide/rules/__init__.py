"""All rules, in the order in which they run: YAML first, since broken lines silence what follows.

A test keeps this list complete. To add one: a module here that defines RULE, and its line below.
"""

from floe_ls.ide.rule import Rule

RULES: tuple[Rule, ...] = ()
