//! Which URL next, and when: queues per site, politeness ledger, admission
