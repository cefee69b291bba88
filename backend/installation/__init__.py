"""Is this installation fit for people to rely on? `hjerteloeber check` asks, and so does production before it starts.

Owns: what can be wrong with an installation, in sentences that say what to do. Promises: nothing is changed; no key or
name is quoted; what went bad by time alone, or by somebody else's fault, keeps nothing from starting.
Never: looks at an incident or a person.
"""
