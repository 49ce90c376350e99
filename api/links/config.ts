import { z } from "zod";
import { linkTemplateProblem } from "./link-template.ts";
import { LINK_PLACEHOLDERS } from "./link-values.ts";

const NAME_CHARACTERS_MAX = 60;
const URL_CHARACTERS_MAX = 4_000;
const LINKS_MAX = 20;

const link = z.strictObject({
  name: z.string().trim().min(1).max(NAME_CHARACTERS_MAX),
  url: z
    .string()
    .max(URL_CHARACTERS_MAX)
    .superRefine((url, context) => {
      const problem = linkTemplateProblem(url);
      if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
    }),
});

/** Where an anomaly's page links to. */
export const linksConfig = z
  .array(link)
  .max(LINKS_MAX)
  .superRefine((links, context) => {
    const names = links.map(({ name }) => name);
    for (const [index, name] of names.entries())
      if (names.indexOf(name) < index)
        context.addIssue({
          code: "custom",
          path: [index, "name"],
          message: `${JSON.stringify(name)} is the name of another link; give each its own`,
        });
  })
  .default([])
  .describe(
    `Links out of an anomaly's page: a list of { name, url }. The url may hold ${LINK_PLACEHOLDERS.map((name) => `{${name}}`).join(" ")}; a link with {traceId} is left out where there is no trace. Examples: [links](operating.md#links-to-other-tools).`,
  );
