//! The provider's words: those of the runbook, so that both say the same.

pub(crate) use sixward_emit::words::{
    HEADLINE, count, firewall_aware, named, noun, number, provider, spoken, subject,
};
