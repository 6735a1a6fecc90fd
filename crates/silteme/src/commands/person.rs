//! `silteme person`: the rights of people, for whoever answers their requests. Works beside a running server.

use std::io::BufRead as _;
use std::path::Path;
use std::sync::Arc;

use profiles::{
    Actor, Disclosure, How, NewConsent, Opening, PersonId, Profiles, Query, Role, Ticket, TicketFilter,
    Transfer,
};
use serde_json::{Value, json};

use super::Context;
use crate::args::person::{
    ConsentArgs, DiscloseArgs, FindArgs, MasterAction, PersonArgs, PersonCommand, RoleWord, TicketsArgs,
    Whose,
};
use crate::exit::{Exit, usage};

pub(super) fn run(context: &mut Context, args: &PersonArgs) -> anyhow::Result<Exit> {
    let profiles = open(context)?;
    let actor = actor(args);
    let desk = Desk { profiles: &profiles, actor: &actor };
    match desk.run(context, &args.command) {
        Err(e) if matches!(e.downcast_ref(), Some(profiles::Error::Unknown)) => {
            context.out.say("nothing is stored of this person")?;
            Ok(Exit::Partly)
        }
        done => done,
    }
}

/// The persons of the data folder.
pub(super) fn open(context: &Context) -> Result<Profiles, profiles::Error> {
    let settings = &context.config.profiles;
    let data = &context.global.data;
    Profiles::open(&Opening {
        dir: &data.join("profiles"),
        keys_dir: &settings.keys_dir(data),
        settings,
        clock: Arc::clone(&context.clock),
    })
}

/// Who has a shell here is the operator, unless they ask for less; only auditors read the audit log.
fn actor(args: &PersonArgs) -> Actor {
    let role = match (args.role, &args.command) {
        (Some(RoleWord::Support), _) => Role::Support,
        (Some(RoleWord::Auditor), _) | (None, PersonCommand::Audit { .. }) => Role::Auditor,
        (Some(RoleWord::Operator) | None, _) => Role::Operator,
    };
    let name = args.by.clone().or_else(|| std::env::var("USER").ok()).unwrap_or_else(|| "shell".to_owned());
    Actor { role, name }
}

/// What is shown for people when a line has no shorter form.
fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn ticket_line(ticket: &Ticket) -> String {
    let kind = json!(ticket.kind);
    let kind = kind.as_str().unwrap_or_default();
    let case = ticket.case.as_ref().map(|case| format!(" (case {case})")).unwrap_or_default();
    let outcome = ticket.outcome.as_deref().unwrap_or("open");
    match (ticket.done, &ticket.receipt) {
        (Some(done), Some(receipt)) => {
            format!("{} {kind}{case}: {outcome}, {done:.0}; receipt {receipt}", ticket.id)
        }
        _ => format!("{} {kind}{case}: {outcome}; due {:.0}", ticket.id, ticket.due),
    }
}

/// An argument, or the first line of standard input in place of `-`.
fn given(text: &str) -> anyhow::Result<String> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

fn id(text: &str) -> anyhow::Result<PersonId> {
    Ok(PersonId::try_from(given(text)?)?)
}

struct Desk<'a> {
    profiles: &'a Profiles,
    actor: &'a Actor,
}

impl Desk<'_> {
    fn run(&self, context: &mut Context, command: &PersonCommand) -> anyhow::Result<Exit> {
        let Self { profiles, actor } = self;
        match command {
            PersonCommand::Find(args) => return self.find(context, args),
            PersonCommand::Show(whose) => show(context, &profiles.person(&id(&whose.id)?, actor)?)?,
            PersonCommand::Export(Whose { id: person, case }) => {
                show(context, &profiles.export(&id(person)?, case.as_deref(), actor)?)?;
            }
            PersonCommand::Correct { whose, changes } => {
                let patch = changes.iter().cloned().collect();
                show(context, &profiles.correct(&id(&whose.id)?, &patch, whose.case.as_deref(), actor)?)?;
            }
            PersonCommand::Erase(Whose { id: person, case }) => {
                ticket(context, &profiles.erase(&id(person)?, case.as_deref(), actor)?)?;
            }
            PersonCommand::Consent(args) => self.consent(context, args)?,
            PersonCommand::Withdraw { whose, purposes } => {
                let purposes = (!purposes.is_empty()).then(|| purposes.iter().copied().collect());
                let case = whose.case.as_deref();
                ticket(context, &profiles.withdraw(&id(&whose.id)?, purposes.as_ref(), case, actor)?)?;
            }
            PersonCommand::Restrict { whose, lift } => self.restrict(context, whose, *lift)?,
            PersonCommand::Hold { whose, release } => self.hold(context, whose, *release)?,
            PersonCommand::Tickets(args) => return self.tickets(context, args),
            PersonCommand::Audit { since, limit } => {
                for line in profiles.audit(since.unwrap_or(model::Timestamp::MIN), *limit, actor)? {
                    context.out.line(&line, |line| {
                        let entry = &line.entry;
                        let subject = entry.subject.as_deref().unwrap_or("-");
                        format!(
                            "{:.0} {} {} {} {subject}",
                            line.at,
                            entry.role.as_str(),
                            entry.actor,
                            entry.verb
                        )
                    })?;
                }
            }
            PersonCommand::Disclose(args) => self.disclose(context, args)?,
            PersonCommand::Transfer { whose, to, fields } => {
                let asked =
                    Transfer { recipient: to.clone(), fields: fields.clone(), person: id(&whose.id)? };
                show(context, &profiles.transfer(&asked, actor)?)?;
            }
            PersonCommand::Backup { to } => {
                profiles.backup(to, actor)?;
                let line = json!({ "backup": to });
                context.out.line(&line, |_| {
                    format!(
                        "{} holds the data; the keys are not in it and need a backup of their own",
                        to.display()
                    )
                })?;
            }
            PersonCommand::Keys { action: MasterAction::Rotate { to } } => {
                self.rotate(context, to.as_deref())?;
            }
            PersonCommand::Policy { version, language } => {
                self.policy(context, version.as_deref(), *language)?;
            }
            PersonCommand::Register => {
                for (name, field) in &profiles.register().field {
                    let keep = &profiles.register().category[&field.category];
                    let line =
                        json!({ "field": name, "keep": keep.keep, "after": keep.after, "register": field });
                    context.out.line(&line, |_| format!("{name}: {}; kept {}", field.about, keep.keep))?;
                }
            }
            PersonCommand::Housekeep => {
                context.out.line(&profiles.housekeep()?, |done| pretty(&json!(done)))?;
            }
        }
        Ok(Exit::Done)
    }

    fn restrict(&self, context: &mut Context, whose: &Whose, lift: bool) -> anyhow::Result<()> {
        let (person, case) = (id(&whose.id)?, whose.case.as_deref());
        let done = if lift {
            self.profiles.lift(&person, case, self.actor)?
        } else {
            self.profiles.restrict(&person, case, self.actor)?
        };
        ticket(context, &done)
    }

    fn hold(&self, context: &mut Context, whose: &Whose, release: bool) -> anyhow::Result<()> {
        let case = whose.case.as_deref().ok_or_else(|| usage("a legal hold needs --case"))?;
        let person = id(&whose.id)?;
        let says = if release {
            self.profiles.release(&person, case, self.actor)?;
            "released; an erasure that waited is done next"
        } else {
            self.profiles.hold(&person, case, self.actor)?;
            "held: not used, not erased"
        };
        context.out.line(&json!({ "held": !release, "case": case }), |_| says.to_owned())?;
        Ok(())
    }

    fn rotate(&self, context: &mut Context, to: Option<&Path>) -> anyhow::Result<()> {
        let wrapped = self.profiles.rotate_keys(to, self.actor)?;
        context.out.line(&json!({ "wrapped": wrapped, "to": to }), |_| match to {
            Some(to) => format!(
                "{wrapped} keys wrapped anew; set [profiles] master_key_file or SILTEME_MASTER_KEY to what is in {}",
                to.display()
            ),
            None => format!("{wrapped} keys wrapped anew"),
        })?;
        Ok(())
    }

    fn find(&self, context: &mut Context, args: &FindArgs) -> anyhow::Result<Exit> {
        let query = match (&args.id, &args.email, &args.phone) {
            (Some(text), ..) => Query::Id(id(text)?),
            (_, Some(email), _) => Query::Email(given(email)?),
            (.., phone) => Query::Phone(given(phone.as_deref().unwrap_or_default())?),
        };
        let found = self.profiles.find(&query, self.actor)?;
        let erased = match &query {
            Query::Id(id) if found.is_none() => self.profiles.tombstones(id, self.actor)?,
            _ => Vec::new(),
        };
        let line = json!({ "stored": found.is_some(), "id": found, "erased": erased });
        context.out.line(&line, |_| match (&found, erased.first()) {
            (Some(found), _) => format!("stored under {}", found.as_str()),
            (None, Some(stone)) => format!("nothing is stored; erased on {}", stone.erased),
            (None, None) => "nothing is stored".to_owned(),
        })?;
        Ok(if found.is_some() { Exit::Done } else { Exit::Partly })
    }

    fn consent(&self, context: &mut Context, args: &ConsentArgs) -> anyhow::Result<()> {
        let person = id(&args.whose.id)?;
        let state = match &args.policy {
            None => self.profiles.consent(&person, self.actor)?,
            Some(policy) => {
                let new = NewConsent {
                    policy: policy.clone(),
                    language: args.language,
                    purposes: args.purposes.iter().copied().collect(),
                    how: How::Paper,
                };
                self.profiles.give_consent(&person, &new, self.actor)?
            }
        };
        show(context, &state)
    }

    fn tickets(&self, context: &mut Context, args: &TicketsArgs) -> anyhow::Result<Exit> {
        let person = args.person.as_deref().map(id).transpose()?;
        if let (Some(kind), Some(person), Some(case)) = (args.add, &person, &args.case) {
            ticket(context, &self.profiles.open_ticket(person, kind, case, self.actor)?)?;
            return Ok(Exit::Done);
        }
        if let (Some(number), Some(outcome)) = (&args.close, &args.outcome) {
            ticket(context, &self.profiles.close_ticket(number, outcome, self.actor)?)?;
            return Ok(Exit::Done);
        }
        let filter = TicketFilter { person, open: args.open, overdue: args.overdue };
        let found = self.profiles.tickets(&filter, self.actor)?;
        for found in &found {
            ticket(context, found)?;
        }
        if found.is_empty() {
            context.out.say("no such requests")?;
            return Ok(Exit::Partly);
        }
        Ok(Exit::Done)
    }

    fn disclose(&self, context: &mut Context, args: &DiscloseArgs) -> anyhow::Result<()> {
        let Some(person) = &args.id else {
            for line in self.profiles.disclosures(self.actor)? {
                context.out.line(&line, |line| {
                    let entry = &line.entry;
                    format!("{:.0} {} ({}): {}", line.at, entry.to, entry.basis, entry.what.join(", "))
                })?;
            }
            return Ok(());
        };
        let asked = Disclosure {
            authority: args.authority.clone(),
            basis: args.basis.clone(),
            requested_by: args.requested_by.clone(),
            what: args.what.clone(),
            person: id(person)?,
        };
        show(context, &self.profiles.disclose(&asked, self.actor)?)
    }

    fn policy(
        &self,
        context: &mut Context,
        version: Option<&str>,
        language: profiles::PolicyLanguage,
    ) -> anyhow::Result<()> {
        let policies = self.profiles.policies();
        let Some(version) = version else {
            for policy in policies.all() {
                let current = policy.version == policies.current().version;
                let line = json!({ "version": policy.version, "hash": policy.hash, "current": current });
                context.out.line(&line, |_| {
                    format!("{} {}{}", policy.version, policy.hash, if current { " (in force)" } else { "" })
                })?;
            }
            return Ok(());
        };
        let policy = policies.version(version).ok_or_else(|| {
            usage(format!("there is no policy {version:?}; `silteme person policy` lists them"))
        })?;
        let text = policy.text(language);
        let line = json!({ "version": policy.version, "language": language, "text": text });
        context.out.line(&line, |_| text.to_owned())?;
        Ok(())
    }
}

fn show(context: &mut Context, value: &impl serde::Serialize) -> anyhow::Result<()> {
    context.out.line(&serde_json::to_value(value)?, pretty)?;
    Ok(())
}

fn ticket(context: &mut Context, found: &Ticket) -> anyhow::Result<()> {
    context.out.line(found, ticket_line)?;
    Ok(())
}
