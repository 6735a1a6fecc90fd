//! `silteme keys`: who may ask the API what.

use serde_json::json;
use server::access::{Grant, Grants, NewGrant};

use super::Context;
use crate::args::{KeysArgs, KeysCommand};
use crate::exit::{Exit, usage};

pub(super) fn run(context: &mut Context, args: &KeysArgs) -> anyhow::Result<Exit> {
    let grants = Grants::of(&context.global.data);
    let now = context.clock.now();
    match &args.command {
        KeysCommand::Add(args) => {
            let new = NewGrant {
                name: args.name.clone(),
                role: args.role,
                basis: args.basis.clone(),
                expires: args.expires,
                requests_per_second: args.requests_per_second,
            };
            let granted = grants.add(new, now).map_err(askers)?;
            let line = json!({ "key": granted.key, "grant": granted.grant });
            context.out.line(&line, |_| {
                format!(
                    "{}\nkey {} for {} ({}); it is shown this once: send it as `Authorization: Bearer KEY`",
                    granted.key,
                    granted.grant.id,
                    granted.grant.name,
                    granted.grant.role.as_str()
                )
            })?;
        }
        KeysCommand::List => {
            let all = grants.list()?;
            for grant in &all {
                context.out.line(grant, |grant| line(grant, now))?;
            }
            if all.is_empty() {
                context.out.say(
                    "no keys yet; `silteme keys add --role recommender --name NAME --basis WHY` makes one",
                )?;
                return Ok(Exit::Partly);
            }
        }
        KeysCommand::Revoke { id } => {
            let grant = grants.revoke(id, now).map_err(askers)?;
            context
                .out
                .line(&grant, |grant| format!("key {} of {} no longer works", grant.id, grant.name))?;
        }
    }
    Ok(Exit::Done)
}

fn line(grant: &Grant, now: model::Timestamp) -> String {
    let state = match (grant.revoked, grant.expires) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(end)) if end <= now => format!("expired {end}"),
        (None, Some(end)) => format!("until {end}"),
        (None, None) => "valid".to_owned(),
    };
    format!(
        "{}  {:<11} {:<24} {state}; since {}: {}",
        grant.id,
        grant.role.as_str(),
        grant.name,
        grant.granted,
        grant.basis
    )
}

/// What the person typed is wrong usage; the rest is the machine.
fn askers(error: server::access::GrantError) -> anyhow::Error {
    use server::access::GrantError::{Text, Unknown};
    match error {
        Text(_) | Unknown(_) => usage(error.to_string()),
        other => other.into(),
    }
}
