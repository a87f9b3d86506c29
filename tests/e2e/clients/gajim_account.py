"""Writes the settings of a new Gajim: one account, no keyring, no dialogs of the first start.

usage: gajim_account.py JID PASSWORD ROOM
"""

import sys

from gajim.common import app
from gajim.common import configpaths

configpaths.init()
configpaths.create_paths()

from gajim.common.settings import Settings  # It needs the paths.

jid, password, room = sys.argv[1:]
user, host = jid.split("@")

app.settings = settings = Settings()
settings.init()
for name, value in {
    "use_keyring": False,
    "check_for_update": False,
    "ask_online_status": False,
    "confirm_close_muc": False,
    "show_main_window": "always",
    "use_speller": False,
    "enable_notifications": False,
}.items():
    try:
        settings.set_app_setting(name, value)
    except ValueError as error:
        print(name, error, file=sys.stderr)
settings.add_account("garden")
for name, value in {
    "active": True,
    "name": user,
    "hostname": host,
    "password": password,
    "savepass": True,
    "resource": "gajim",
    "autoconnect": True,
}.items():
    settings.set_account_setting("garden", name, value)
workspace = settings.get_workspaces()[0]
settings.set_workspace_setting(workspace, "chats", [
    {"account": "garden", "jid": room, "type": "groupchat", "pinned": False, "position": -1}])
settings.save()
