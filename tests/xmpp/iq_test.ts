import { assert, assertEquals } from "@std/assert";
import { type Element, xml } from "../../xml/mod.ts";
import {
  answersSelfPings,
  type DiscoInfo,
  discoInfoQuery,
  discoInfoResult,
  isDiscoInfoQuery,
  parseDiscoInfo,
} from "../../xmpp/disco.ts";
import { iqError, iqResult, isIqRequest, parseIqAnswer } from "../../xmpp/iq.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { isPing, ping } from "../../xmpp/ping.ts";
import { isVersionQuery, parseVersion, versionQuery, versionResult } from "../../xmpp/version.ts";

const addresses = { from: "home.example", to: "keeper.home.example", id: "q1" };
const back = { from: "keeper.home.example", to: "home.example", id: "q1" };

Deno.test("isIqRequest() tells questions from answers", () => {
  const iq = (type: string): Element => xml("iq", NS.component, { type });
  assertEquals(["get", "set", "result", "error"].map((type) => isIqRequest(iq(type))), [
    true,
    true,
    false,
    false,
  ]);
  assert(!isIqRequest(xml("message", NS.component, { type: "get" })));
});

Deno.test("an answer goes back with the id of the question", () => {
  const asked = ping(addresses);
  assertEquals({ ...iqResult(asked).attrs }, { type: "result", ...back });
  assertEquals(parseIqAnswer(iqResult(asked)), { type: "result" });
  assertEquals(parseIqAnswer(iqError(asked, "service-unavailable", "cancel", "No")), {
    type: "error",
    condition: "service-unavailable",
    errorType: "cancel",
    by: undefined,
    uri: undefined,
    text: "No",
  });
});

Deno.test("questions and other stanzas are no answers", () => {
  assertEquals(parseIqAnswer(ping(addresses)), undefined);
  assertEquals(parseIqAnswer(xml("message", NS.component, { type: "error" })), undefined);
});

Deno.test("ping: a question is known, its answer is not taken for one", () => {
  assert(isPing(ping(addresses)));
  assert(!isPing(xml("iq", NS.component, { type: "result" }, xml("ping", NS.ping))));
  assert(!isPing(discoInfoQuery(addresses)));
});

Deno.test("disco#info: what is told is what is read", () => {
  const info: DiscoInfo = {
    identities: [{ category: "component", type: "generic", name: "Roomkeeper" }],
    features: new Set([NS.discoInfo, NS.ping]),
  };
  const asked = discoInfoQuery(addresses);
  assert(isDiscoInfoQuery(asked));
  const told = discoInfoResult(asked, info);
  assertEquals({ ...told.attrs }, { type: "result", ...back });
  assertEquals(parseDiscoInfo(told), info);
  assertEquals(parseDiscoInfo(iqError(asked, "item-not-found", "cancel")), undefined);
  assertEquals(parseDiscoInfo(asked), undefined);
});

Deno.test("disco#info: the answer names the node that was asked for", () => {
  const asked = xml("iq", NS.component, { type: "get" }, xml("query", NS.discoInfo, { node: "n" }));
  const told = discoInfoResult(asked, { identities: [], features: new Set() });
  assertEquals(told.child("query", NS.discoInfo)?.attr("node"), "n");
});

Deno.test("answersSelfPings() knows rooms with the optimization of XEP-0410", () => {
  const optimization = "http://jabber.org/protocol/muc#self-ping-optimization";
  assert(answersSelfPings({ identities: [], features: new Set([NS.muc, optimization]) }));
  assert(!answersSelfPings({ identities: [], features: new Set([NS.muc]) }));
});

Deno.test("version: what is told is what is read", () => {
  const software = { name: "Roomkeeper", version: "0.1.0", os: undefined };
  const asked = versionQuery(addresses);
  assert(isVersionQuery(asked));
  assertEquals(parseVersion(versionResult(asked, software)), software);
  assertEquals(parseVersion(versionResult(asked, { ...software, os: "Linux" }))?.os, "Linux");
  assertEquals(parseVersion(asked), undefined);
});
