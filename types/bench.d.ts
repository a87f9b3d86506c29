/**
 * The types of what bench/ uses of the libraries that we compare with and that have none.
 *
 * @module
 */

declare module "@xmpp/component" {
  /** An XML element. */
  export interface Element {
    readonly name: string;
    readonly attrs: Readonly<Record<string, string>>;
    getChild(name: string, namespace?: string): Element | undefined;
    getChildren(name: string, namespace?: string): Element[];
    getChildElements(): Element[];
  }

  export interface Component {
    readonly iqCallee: {
      get(namespace: string, name: string, handler: () => Element | boolean): void;
    };
    on(event: "stanza", listener: (stanza: Element) => void): void;
    on(event: "error", listener: (error: Error) => void): void;
    on(event: "disconnect", listener: () => void): void;
    start(): Promise<unknown>;
  }

  export function component(options: {
    readonly service: string;
    readonly domain: string;
    readonly password: string;
  }): Component;
}

declare module "ltx/parser" {
  export default class SaxLtx {
    on(event: "startElement" | "endElement", listener: () => void): void;
    write(data: string): void;
  }
}

declare module "sax" {
  interface Parser {
    onopentag: () => void;
    onclosetag: () => void;
    write(data: string): Parser;
  }
  const sax: {
    parser(strict: boolean, options: { xmlns: boolean; position: boolean }): Parser;
  };
  export default sax;
}
