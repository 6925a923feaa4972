"""All rules, in the order in which they run: YAML first, since broken lines silence what follows.

A test keeps this list complete. To add one: a module here that defines RULE, and its line below.
"""

from floe_ls.ide.rule import Rule
from floe_ls.ide.rules import (
    chain_shape,
    domains_namespace,
    inherit_redundant,
    name_scope,
    observability_immutable,
    plugins_missing,
    policy_removed,
    products_approved,
    quality_locked_gate,
    ref_form,
    ref_target,
    retention_lowered,
    security_egress,
    security_override,
    tier_mends,
    whitelist_not_approved,
    whitelist_sink,
    whitelist_transform,
)

RULES: tuple[Rule, ...] = (
    tier_mends.RULE,
    ref_form.RULE,
    ref_target.RULE,
    chain_shape.RULE,
    security_override.RULE,
    whitelist_not_approved.RULE,
    whitelist_sink.RULE,
    whitelist_transform.RULE,
    observability_immutable.RULE,
    quality_locked_gate.RULE,
    retention_lowered.RULE,
    policy_removed.RULE,
    security_egress.RULE,
    plugins_missing.RULE,
    products_approved.RULE,
    domains_namespace.RULE,
    name_scope.RULE,
    inherit_redundant.RULE,
)
