"""An admin's client (slixmpp): finds the commands and carries them out.

Reads one JSON object (jid, password, host, component, steps) and writes what came of each step,
one JSON object a line. A step is a node with the values of its form.
"""

import asyncio
import json
import sys

import slixmpp
from slixmpp.exceptions import IqError


class Admin(slixmpp.ClientXMPP):
    def __init__(self, options):
        super().__init__(options["jid"], options["password"])
        self.options = options
        for name in ("xep_0030", "xep_0004", "xep_0050", "xep_0199"):
            self.register_plugin(name)
        self.plugin["feature_mechanisms"].unencrypted_plain = True
        self.plugin["feature_mechanisms"].unencrypted_scram = True
        self.add_event_handler("session_start", self.started)

    async def started(self, _):
        component = self.options["component"]
        info = await self["xep_0030"].get_info(jid=component)
        say(features=sorted(info["disco_info"]["features"]))
        try:
            items = await self["xep_0050"].get_commands(component)
            say(commands=sorted(item[1] for item in items["disco_items"]["items"]))
        except IqError as error:
            say(refused=error.iq["error"]["condition"])
        for step in self.options["steps"]:
            try:
                say(**await self.carry_out(component, **step))
            except IqError as error:
                say(refused=error.iq["error"]["condition"])
        self.disconnect()

    async def carry_out(self, component, node, values=None):
        answer = await self["xep_0050"].send_command(component, node)
        if answer["command"]["status"] == "executing":
            form = answer["command"]["form"]
            asked = sorted(form.get_fields())
            form = self["xep_0004"].make_form(ftype="submit")
            for name, value in (values or {}).items():
                form.add_field(var=name, value=value)
            session = answer["command"]["sessionid"]
            answer = await self["xep_0050"].send_command(
                component, node, sessionid=session, action="complete", payload=[form])
        else:
            asked = []
        command = answer["command"]
        fields = {}
        if command["form"].get_fields():
            fields = {k: v["value"] for k, v in command["form"].get_fields().items()}
        return {"asked": asked, "status": command["status"], "notes": command["notes"], "fields": fields}


def say(**fields):
    print(json.dumps(fields), flush=True)


async def main():
    options = json.loads(sys.stdin.readline())
    client = Admin(options)
    client.connect((options["host"], 5222), disable_starttls=True, force_starttls=False)
    await client.disconnected


asyncio.get_event_loop().run_until_complete(main())
