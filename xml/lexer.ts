/**
 * The lexical grammar of an XMPP stream: strict XML 1.0 without what RFC 6120 §11.1 forbids.
 *
 * sax-wasm also takes HTML and JSX, so nothing reaches it that has not passed here. What concerns
 * more than one token (names that match, namespaces) is left to the {@linkcode TreeBuilder}.
 *
 * @module
 */

import { isNameStart } from "./characters.ts";
import { checkDeclaration } from "./declaration.ts";
import { resolveReference } from "./references.ts";
import { MAX_REFERENCE_BYTES } from "./scanner/vocabulary.ts";
import { StreamError } from "./stream_error.ts";

/** What a character meant for the division of the stream into frames. */
export const Mark = {
  /** Nothing. */
  None: 0,
  /** It is the first of a frame. */
  Begin: 1,
  /** It ends the XML declaration. */
  Declaration: 2,
  /** It ends the stream header. */
  Header: 3,
  /** It ends a stream header that closes the stream at once. */
  EmptyStream: 4,
  /** It ends a stanza. */
  Stanza: 5,
  /** It ends the closing tag of the stream. */
  Close: 6,
} as const;
/** One of the values of {@linkcode Mark}. */
export type Mark = typeof Mark[keyof typeof Mark];

const enum State {
  Text,
  Markup, // after <
  Bang, // after <!
  Cdata,
  Declaration,
  OpenName,
  TagSpace, // white space in a tag, where an attribute may begin
  AttributeName,
  Equals, // white space after the name of an attribute
  Quote, // after =
  Value,
  AfterValue,
  Empty, // after the / of an empty tag
  CloseStart, // after </
  CloseName,
  CloseSpace,
  Reference,
}

const TAB = 0x09, NEWLINE = 0x0a, RETURN = 0x0d, SPACE = 0x20;
const LESS = 0x3c, GREATER = 0x3e, SLASH = 0x2f, BANG = 0x21, QUESTION = 0x3f;
const EQUALS = 0x3d, APOSTROPHE = 0x27, QUOTE = 0x22, AMPERSAND = 0x26, SEMICOLON = 0x3b;
const BRACKET = 0x5d, HASH = 0x23;
const CDATA_START = "[CDATA[", COMMENT_START = "--", DOCTYPE_START = "DOCTYPE";

/** Checks a stream character by character; the caller has checked that XML allows each one. */
export class Lexer {
  readonly #maxDepth: number;
  #state: State = State.Text;
  /** Open elements, the stream's included. */
  #depth = 0;
  #closed = false;
  #position = 0;
  #quote = 0;
  /** Brackets just seen, to find `]]>`. */
  #brackets = 0;
  /** The characters of what is recognised as a whole: a reference, the declaration, `<!…`. */
  #word = "";
  /** Where a reference was found. */
  #outer: State = State.Text;

  /**
   * Makes a lexer at the start of a stream.
   *
   * @param maxDepth How deep elements may be nested in the stream.
   */
  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  /**
   * Takes the next character.
   *
   * @param code Its code point.
   * @throws {StreamError} If no stream can go on with it.
   */
  next(code: number): Mark {
    this.#position++;
    switch (this.#state) {
      case State.Text:
        return this.#text(code);
      case State.Markup:
        return this.#markup(code);
      case State.Bang:
        return this.#bang(code);
      case State.Cdata:
        return this.#cdata(code);
      case State.Declaration:
        return this.#declaration(code);
      case State.OpenName:
        return isNameCharacter(code) ? Mark.None : this.#inTag(code);
      case State.TagSpace:
        return isNameStart(code) ? this.#to(State.AttributeName) : this.#inTag(code);
      case State.AfterValue:
        return this.#inTag(code);
      case State.AttributeName:
        if (isNameCharacter(code)) return Mark.None;
        return isSpace(code) ? this.#to(State.Equals) : this.#equals(code);
      case State.Equals:
        return isSpace(code) ? Mark.None : this.#equals(code);
      case State.Quote:
        if (isSpace(code)) return Mark.None;
        if (code !== APOSTROPHE && code !== QUOTE) malformed("an attribute value without quotes");
        this.#quote = code;
        return this.#to(State.Value);
      case State.Value:
        return this.#value(code);
      case State.Empty:
        if (code !== GREATER) malformed("a / inside a tag");
        return this.#elementEnd(this.#depth === 0 ? Mark.EmptyStream : Mark.Stanza);
      case State.CloseStart:
        if (!isNameStart(code)) malformed("a closing tag without a name");
        return this.#to(State.CloseName);
      case State.CloseName:
        if (isNameCharacter(code)) return Mark.None;
        return isSpace(code) ? this.#to(State.CloseSpace) : this.#closingTagEnd(code);
      case State.CloseSpace:
        return isSpace(code) ? Mark.None : this.#closingTagEnd(code);
      case State.Reference:
        return this.#reference(code);
    }
  }

  #to(state: State): Mark {
    this.#state = state;
    return Mark.None;
  }

  #text(code: number): Mark {
    if (code === LESS) {
      this.#state = State.Markup;
      return this.#depth <= 1 ? Mark.Begin : Mark.None;
    }
    if (this.#depth <= 1) {
      if (isSpace(code)) return Mark.None;
      if (this.#depth === 0) malformed("text outside of the stream");
      throw new StreamError("invalid-xml", "text between stanzas");
    }
    if (code === AMPERSAND) return this.#toReference(State.Text);
    if (code === GREATER && this.#brackets >= 2) malformed("]]> in text");
    this.#brackets = code === BRACKET ? this.#brackets + 1 : 0;
    return Mark.None;
  }

  #markup(code: number): Mark {
    this.#brackets = 0;
    if (isNameStart(code)) {
      if (this.#closed) malformed("an element after the end of the stream");
      if (this.#depth > this.#maxDepth) {
        throw new StreamError("policy-violation", `elements nested deeper than ${this.#maxDepth}`);
      }
      return this.#to(State.OpenName);
    }
    if (code === SLASH && this.#depth > 0) return this.#to(State.CloseStart);
    if (code === BANG) {
      this.#word = "";
      return this.#to(State.Bang);
    }
    if (code === QUESTION) {
      if (this.#position > 2) throw new StreamError("restricted-xml", "a processing instruction");
      this.#word = "<?";
      return this.#to(State.Declaration);
    }
    return malformed("a < that begins no tag");
  }

  #bang(code: number): Mark {
    const word = this.#word += String.fromCodePoint(code);
    if (word === COMMENT_START) throw new StreamError("restricted-xml", "a comment");
    if (word === DOCTYPE_START) throw new StreamError("restricted-xml", "a document type");
    if (word === CDATA_START && this.#depth > 0) {
      if (this.#depth === 1) throw new StreamError("invalid-xml", "text between stanzas");
      return this.#to(State.Cdata);
    }
    const known = [COMMENT_START, DOCTYPE_START, CDATA_START].some((start) =>
      start.startsWith(word) && start !== word
    );
    return known ? Mark.None : malformed("<! that begins nothing known");
  }

  #cdata(code: number): Mark {
    if (code === GREATER && this.#brackets >= 2) {
      this.#brackets = 0;
      return this.#to(State.Text);
    }
    this.#brackets = code === BRACKET ? this.#brackets + 1 : 0;
    return Mark.None;
  }

  #declaration(code: number): Mark {
    const word = this.#word += String.fromCodePoint(code);
    if (code !== GREATER || !word.endsWith("?>")) return Mark.None;
    checkDeclaration(word);
    this.#state = State.Text;
    return Mark.Declaration;
  }

  /** What may follow a tag's name, white space or an attribute value. */
  #inTag(code: number): Mark {
    if (isSpace(code)) return this.#to(State.TagSpace);
    if (code === SLASH) return this.#to(State.Empty);
    if (code !== GREATER) malformed("a character that cannot be in a tag here");
    this.#state = State.Text;
    return ++this.#depth === 1 ? Mark.Header : Mark.None;
  }

  #equals(code: number): Mark {
    if (code !== EQUALS) malformed("an attribute without a value");
    return this.#to(State.Quote);
  }

  #value(code: number): Mark {
    if (code === this.#quote) return this.#to(State.AfterValue);
    if (code === AMPERSAND) return this.#toReference(State.Value);
    if (code === LESS) malformed("a < in an attribute value");
    return Mark.None;
  }

  #closingTagEnd(code: number): Mark {
    if (code !== GREATER) malformed("a character that cannot be in a closing tag");
    this.#depth--;
    return this.#elementEnd(this.#depth === 0 ? Mark.Close : Mark.Stanza);
  }

  /** Goes back to text after an element; the mark counts only if it is the outermost. */
  #elementEnd(mark: Mark): Mark {
    this.#state = State.Text;
    if (this.#depth === 0) this.#closed = true;
    return this.#depth <= 1 ? mark : Mark.None;
  }

  #toReference(outer: State): Mark {
    this.#outer = outer;
    this.#word = "";
    this.#brackets = 0;
    return this.#to(State.Reference);
  }

  #reference(code: number): Mark {
    if (code === SEMICOLON) {
      resolveReference(this.#word);
      return this.#to(this.#outer);
    }
    const isPart = isNameCharacter(code) || code === HASH && this.#word === "";
    if (!isPart) malformed("a & that begins no reference");
    this.#word += String.fromCodePoint(code);
    // The stanza scanner draws the same line, and both must read the same.
    if (this.#word.length >= MAX_REFERENCE_BYTES) {
      throw new StreamError("policy-violation", "a reference that is too long");
    }
    return Mark.None;
  }
}

function malformed(what: string): never {
  throw new StreamError("not-well-formed", what);
}

function isSpace(code: number): boolean {
  return code === SPACE || code === NEWLINE || code === TAB || code === RETURN;
}

// Of what is not ASCII the lexer lets all pass: the names are checked when they are read. Not so
// the first character, without which sax-wasm takes a tag for text.
function isNameCharacter(code: number): boolean {
  return code >= 0x80 || isNameStart(code) || code >= 0x30 && code <= 0x3a || code === 0x2d ||
    code === 0x2e;
}
