"""LLMAgentOS: the operating system for LLM agents at the edge. ARCHITECTURE.md is the map."""
