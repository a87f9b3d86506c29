"""An XMPP client, driven by one JSON object a line on standard input.

Writes one JSON object a line to standard output for everything that happens: each stanza it
receives, and its connection. Commands: see client.ts.
"""

import asyncio
import json
import logging
import sys
import threading
import time

import slixmpp
from slixmpp.xmlstream import ET

MUC = "http://jabber.org/protocol/muc"
MUC_USER = MUC + "#user"
STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"


def emit(event, **fields):
    print(json.dumps({"event": event, "at": time.time(), **fields}), flush=True)


def describe(xml):
    """What a test wants to know of a stanza."""
    x = xml.find("{%s}x" % MUC_USER)
    item = x.find("{%s}item" % MUC_USER) if x is not None else None
    error = xml.find("{jabber:client}error")
    conditions = [c.tag.split("}")[1] for c in error if c.tag.startswith("{%s}" % STANZAS)] if error is not None else []
    found = {
        "kind": xml.tag.split("}")[-1],
        "xml": ET.tostring(xml, encoding="unicode"),
        "statuses": [int(s.get("code")) for s in x.findall("{%s}status" % MUC_USER)] if x is not None else [],
        "newNick": item.get("nick") if item is not None else None,
        "condition": next((c for c in conditions if c != "text"), None),
        "body": xml.findtext("{jabber:client}body"),
        "payloads": [child.tag for child in xml],
    }
    for name in ("type", "from", "to", "id"):
        found[name] = xml.get(name)
    return {name: value for name, value in found.items() if value is not None}


class Client(slixmpp.ClientXMPP):
    def __init__(self, options):
        super().__init__(options["jid"], options["password"])
        self.online = False
        self.address_of_server = (options["host"], options["port"])
        self.register_plugin("xep_0199")
        self.plugin["feature_mechanisms"].unencrypted_plain = True
        self.plugin["feature_mechanisms"].unencrypted_scram = True
        if options.get("resumable"):
            self.register_plugin("xep_0198")
            self.add_event_handler("session_resumed", lambda _: emit("resumed"))
        self.add_filter("in", self.received)
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("failed_auth", lambda _: emit("refused"))
        self.add_event_handler("disconnected", lambda reason: emit("disconnected", reason=str(reason)))

    def received(self, stanza):
        if stanza.name in ("presence", "message", "iq") and self.online:
            emit("stanza", **describe(stanza.xml))
        return stanza

    def started(self, _):
        self.online = True
        self.send_presence()
        emit("online", jid=self.boundjid.full)

    def dial(self):
        self.connect(self.address_of_server, disable_starttls=True, force_starttls=False)

    def obey(self, command):
        do = command["do"]
        if do == "connect":
            self.dial()
        elif do == "presence":
            to = command["room"] + "/" + command["nick"]
            presence = self.make_presence(pto=to, ptype=command.get("type"))
            if command.get("join"):
                x = ET.SubElement(presence.xml, "{%s}x" % MUC)
                ET.SubElement(x, "{%s}history" % MUC, maxstanzas="0")
                if "password" in command:
                    ET.SubElement(x, "{%s}password" % MUC).text = command["password"]
            presence.send()
        elif do == "message":
            self.send_message(mto=command["to"], mbody=command["body"], mtype=command["type"])
        elif do == "raw":
            self.send(command["xml"])  # send_raw would overtake presences and messages
        elif do == "drop":
            self.transport.abort()
        elif do == "quit":
            self.disconnect(wait=1.0)


def main():
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    client = Client(json.loads(sys.stdin.readline()))

    def read():
        for line in sys.stdin:
            client.loop.call_soon_threadsafe(client.obey, json.loads(line))
        client.loop.call_soon_threadsafe(client.loop.stop)

    threading.Thread(target=read, daemon=True).start()
    client.dial()
    client.loop.run_forever()


main()
