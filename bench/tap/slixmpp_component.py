"""The same job on slixmpp: parse, look up, count."""
import asyncio
import sys

from slixmpp import ComponentXMPP
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

FORWARD = "{urn:xmpp:forward:0}forwarded"
MUC_USER = "{http://jabber.org/protocol/muc#user}"
known, counts = {}, {}


def event_of(copy):
    kind = copy.tag.rsplit("}", 1)[1]
    if kind == "message":
        return "seen" if copy.get("type") == "groupchat" else None
    if kind != "presence":
        return None
    x = copy.find(MUC_USER + "x")
    if x is None:
        return None
    codes = [status.get("code") for status in x.findall(MUC_USER + "status")]
    if "110" not in codes:
        return "seen"
    if copy.get("type") is None:
        return "joined"
    return "renamed" if "303" in codes else "left"


def take(stanza):
    if stanza.xml.get("from") != "home.example":
        return
    copy = stanza.xml.find(FORWARD)[0]
    known.get(copy.get("to"))
    event = event_of(copy)
    if event is not None:
        counts[event] = counts.get(event, 0) + 1


class Component(ComponentXMPP):
    def __init__(self, port):
        super().__init__("keeper.home.example", "secret", "127.0.0.1", port)
        self.register_plugin("xep_0199")
        path = "{jabber:component:accept}message/" + FORWARD
        self.register_handler(Callback("copies", MatchXPath(path), take))
        self.add_event_handler("disconnected", lambda _: self.loop.stop())


component = Component(int(sys.argv[1]))
component.connect()
asyncio.get_event_loop().run_forever()
