"""What Home Assistant is told of the agent: one device, found by itself.

The format is that of https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload .
"""

import json
from typing import Any

import edge_agent
from edge_agent.home.conventions.home_assistant.convention import DEFAULT_PREFIX
from edge_agent.presence import STATES
from edge_agent.tools.types import Status

ORIGIN = "edge-agent"


def announcement_of(node: str, prefix: str = DEFAULT_PREFIX) -> tuple[str, str]:
    """Return topic and payload of the retained announcement of the agent called `node`."""
    base, own = f"edge_agent/{node}", f"edge_agent_{node}"
    components: dict[str, dict[str, Any]] = {
        "state": {
            "p": "sensor",
            "name": "State",
            "stat_t": f"{base}/state",
            "dev_cla": "enum",
            "options": list(STATES),
        },
        "action": {
            "p": "event",
            "name": "Action",
            "stat_t": f"{base}/action",
            "evt_typ": [status.value for status in Status],
        },
        "total": {
            "p": "sensor",
            "name": "Last turn",
            "stat_t": f"{base}/event",
            "val_tpl": "{{ value_json.total_ms }}",
            "dev_cla": "duration",
            "unit_of_meas": "ms",
        },
        "answer": {
            "p": "sensor",
            "name": "Answer",
            "stat_t": f"{base}/answer",
            "val_tpl": "{{ (value_json.reply or value_json.error)[:255] }}",
        },
        "mute": {
            "p": "switch",
            "name": "Mute",
            "stat_t": f"{base}/mute",
            "cmd_t": f"{base}/mute/set",
        },
        "ask": {"p": "text", "name": "Ask", "cmd_t": f"{base}/ask", "max": 255},
        "cancel": {"p": "button", "name": "Cancel", "cmd_t": f"{base}/cancel"},
    }
    for name, component in components.items():
        component["uniq_id"] = f"{own}_{name}"
    version = edge_agent.__version__
    config = {
        "dev": {"ids": [own], "name": f"edge-agent {node}", "mf": ORIGIN, "sw": version},
        "o": {"name": ORIGIN, "sw": version},
        "avty_t": f"{base}/availability",
        "cmps": components,
    }
    return f"{prefix}/device/{own}/config", json.dumps(config)
