/** A Python kernel that speaks the memory protocol: what the panel shows must not depend on the kernel it was made for. */

/** The first cell of a notebook: from then on its kernel answers on the comm target, and `tell(event, params)` sends. */
export const SPEAK = `
import time
comms, topics = [], {}
now = lambda: time.time() * 1000
def sample(**change):
    return {"time": now(), "rss": 9e8, "heapUsed": 412_000_000, "heapTotal": 500_000_000, "heapLimit": 4_000_000_000,
            "arrayBuffers": 1_000_000_000, "otherExternal": 0, "workers": None, "native": None, "tensors": None, "gpu": None,
            "busy": False, **change}
def variable(name, size):
    return {"name": name, "type": "list", "shape": None, "bytes": size, "low": size, "high": size, "precision": "exact",
            "sharedBytes": None, "tensorBytes": None, "preview": "...", "cell": None, "notes": []}
variables = [variable(f"v{i}", 10 * i) for i in range(15_000)]
def listed(rows):
    return {"variables": rows, "totalBytes": sum(row["bytes"] for row in rows), "precision": "exact",
            "truncated": len(rows) < len(variables), "hiddenCount": 0, "elapsedMs": 1}
def answer(comm, method, params):
    if method == "hello":
        return {"version": 1, "kernel": "python", "kernelVersion": "1", "language": "python", "heapLimit": None,
                "methods": ["hello", "subscribe", "memory", "variables", "cells", "free"],
                "topics": ["sample", "cell", "variables", "warning", "progress"]}
    if method == "subscribe":
        topics[comm.comm_id] = params["topics"]
        return {"topics": params["topics"]}
    if method == "memory":
        return {"sample": sample(), "limits": [], "cells": [], "notes": []}
    if method == "cells":
        return {"cells": []}
    if method == "variables":
        return {"record": listed(variables), "stale": False, "asOf": now()}
def serve(comm, _):
    comms.append(comm)
    def on_message(message):
        data = message["content"]["data"]
        value = answer(comm, data["method"], data.get("params") or {})
        reply = {"result": value} if value is not None else {"error": {"code": -32000, "message": f"No {data['method']} today."}}
        comm.send({"jsonrpc": "2.0", "id": data["id"], **reply})
    comm.on_msg(on_message)
get_ipython().kernel.comm_manager.register_target("heapmark.memory", serve)
def tell(event, params):
    for comm in comms:
        if event in topics.get(comm.comm_id, []):
            comm.send({"jsonrpc": "2.0", "method": event, "params": params})
`;
