"""The State Grid user card: files, judgement and conversation."""
