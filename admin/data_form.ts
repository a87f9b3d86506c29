/**
 * Data forms (XEP-0004): what a person fills in, and what a program shows as a table.
 *
 * @module
 */
import { type Element, xml } from "../xml/mod.ts";
import { NS } from "../xmpp/namespaces.ts";

/** One field of a form. */
export interface FormField {
  /** Its name; fields of type `fixed` have none. */
  readonly name?: string;
  /** What kind of input it takes. */
  readonly type: "text-single" | "jid-single" | "fixed" | "text-multi" | "hidden";
  /** What a person is asked for. */
  readonly label?: string;
  /** What it holds, one line an item. */
  readonly value?: string | readonly string[];
  /** Whether it must be filled in. */
  readonly required?: boolean;
}

/** A form, or the result of one. */
export interface DataForm {
  /** What it is about. */
  readonly title: string;
  /** What to do with it. */
  readonly instructions?: string;
  /** Its fields, in order. */
  readonly fields: readonly FormField[];
}

/**
 * Builds a form.
 *
 * @param type `form` to be filled in, `result` to be read.
 */
export function dataForm(type: "form" | "result", form: DataForm): Element {
  const ns = NS.dataForms;
  const { title, instructions, fields } = form;
  return xml(
    "x",
    ns,
    { type },
    xml("title", ns, {}, title),
    instructions === undefined ? undefined : xml("instructions", ns, {}, instructions),
    ...fields.map(({ name, type, label, value = [], required }) =>
      xml(
        "field",
        ns,
        { var: name, type, label },
        required ? xml("required", ns) : undefined,
        ...[value].flat().map((line) => xml("value", ns, {}, line)),
      )
    ),
  );
}

/**
 * Reads a form that was filled in.
 *
 * @returns The first value of each field by its name, or `undefined` if there is no such form.
 */
export function submitted(parent: Element): ReadonlyMap<string, string> | undefined {
  const form = parent.child("x", NS.dataForms);
  if (form?.attr("type") !== "submit") return undefined;
  return new Map(
    form.elements("field").map((field) => [
      field.attr("var") ?? "",
      field.child("value")?.text.trim() ?? "",
    ]),
  );
}
