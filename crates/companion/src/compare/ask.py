import json, sys

print(json.dumps({
    "executable": sys.executable,
    "implementation": sys.implementation.name,
    "version": list(sys.version_info[:3]),
    "gil": getattr(sys, "_is_gil_enabled", lambda: True)(),
}))
