import { GraphQLError, Kind, type SelectionSetNode, type ValidationRule } from "graphql";

const CONDITIONS = new Set(["skip", "include"]);

/**
 * A subscription's own field may not depend on a condition: where it is left out there is nothing to listen to, and graphql-js throws.
 * The specification forbids it since 2025 (spec.graphql.org, "Single Root Field").
 */
export const unconditionalSubscriptions: ValidationRule = (context) => {
  const isConditional = (set: SelectionSetNode, seen: Set<string>): boolean =>
    set.selections.some((selection) => {
      if (selection.directives?.some(({ name }) => CONDITIONS.has(name.value))) return true;
      if (selection.kind === Kind.FIELD) return false;
      if (selection.kind === Kind.INLINE_FRAGMENT) return isConditional(selection.selectionSet, seen);
      const name = selection.name.value;
      const fragment = seen.has(name) ? undefined : context.getFragment(name);
      seen.add(name);
      return fragment ? isConditional(fragment.selectionSet, seen) : false;
    });
  return {
    OperationDefinition(node) {
      if (node.operation !== "subscription" || !isConditional(node.selectionSet, new Set())) return;
      context.reportError(
        new GraphQLError("The field of a subscription may have neither @skip nor @include.", { nodes: node }),
      );
    },
  };
};
