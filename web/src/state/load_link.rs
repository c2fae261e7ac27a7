//! The part of links that names a load of one's own.

use lessons::advice::LOADS;
use lessons::{Diagnostic, Values};

use crate::state::link::{ADVISE, Place, Reading, VERSION, VERSION_NAME, query, read_version, unknown_parameter};

/// Reads a load, part by part: defaults stand for what is wrong.
pub fn read(pairs: &[(String, String)], mut complaints: Vec<Diagnostic>) -> Reading {
    let mut values = match Values::read(LOADS.parameters, &[]) {
        Ok(values) => values,
        Err(more) => {
            complaints.extend(more);
            return Reading { place: Place::Home, complaints };
        }
    };
    for (name, text) in pairs.iter().filter(|(name, _)| name != ADVISE) {
        let taken = match LOADS.parameters.iter().find(|parameter| parameter.name == name) {
            Some(parameter) => parameter.read(text).map(|value| values = values.with(parameter, value)),
            None if name == VERSION_NAME => read_version(text),
            None => {
                let names = LOADS.parameters.iter().map(|parameter| parameter.name).chain([VERSION_NAME]);
                Err(unknown_parameter(name, &names.collect::<Vec<_>>()))
            }
        };
        complaints.extend(taken.err());
    }
    Reading { place: Place::Advise(values), complaints }
}

/// The address of the advice for a load.
pub fn write(values: &Values) -> String {
    let mut query = query();
    query.append_key_only(ADVISE).extend_pairs(values.texts());
    query.append_pair(VERSION_NAME, &VERSION.to_string()).finish()
}

#[cfg(test)]
mod tests {
    use lessons::parameter::CORES;
    use proptest::prelude::*;

    use super::*;
    use crate::state::link;

    #[test]
    fn a_load_has_times_with_units_and_what_is_wrong_is_said() {
        let check = |query: &str, address: &str, complaints: &[&str]| {
            let reading = link::read(query);
            assert_eq!(link::write(&reading.place), address, "{query}");
            let said: Vec<String> = reading.complaints.iter().map(ToString::to_string).collect();
            assert_eq!(said.len(), complaints.len(), "{query}: {said:?}");
            for (said, expected) in said.iter().zip(complaints) {
                assert!(said.contains(expected), "{query}: {said:?} should hold {expected:?}");
            }
        };
        let usual = "?advise&cores=4&cpu=0.0002&limit=0&tasks=100&wait=1&v=2";
        check("?advise", usual, &[]);
        check("?advise=", usual, &[]);
        let given = "?advise&wait=200ms&cpu=1ms&tasks=500&limit=50&cores=4";
        check(given, "?advise&cores=4&cpu=0.001&limit=50&tasks=500&wait=0.2&v=2", &[]);
        let wrong = "?advise&tasks=50000&wait=-1&cpu=1h&workers=2&tasks=3&v=9";
        let said = [
            "given once",
            "tasks: got “50000”, but it must be a whole number from 1 to 10000. Did you mean 10000?",
            "wait: got “-1”",
            "cpu: got “1h”",
            "parameter: got “workers”",
            "version of the link",
        ];
        check(wrong, usual, &said);
        check("?advice", "./", &["Did you mean advise?"]);
    }

    proptest! {
        #[test]
        fn every_load_comes_back_from_its_link(
            (wait, cpu) in (0.0..=60.0_f64, 0.0..=0.5_f64),
            (tasks, limit, cores) in (1..=10_000_u32, 0..=1000_u32, 1..=64_u32),
        ) {
            let texts = [
                ("wait", wait.to_string()),
                ("cpu", cpu.to_string()),
                ("tasks", tasks.to_string()),
                ("limit", limit.to_string()),
                (CORES, cores.to_string()),
            ];
            let texts = texts.map(|(name, text)| (name.to_owned(), text));
            let there = Values::read(LOADS.parameters, &texts).expect("the values are right");
            let Reading { place, complaints } = link::read(&link::write(&Place::Advise(there.clone())));
            prop_assert!(complaints.is_empty(), "{complaints:?}");
            let Place::Advise(back) = place else { panic!("it leads elsewhere") };
            prop_assert_eq!(back, there);
        }
    }
}
