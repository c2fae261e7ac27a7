//! The employees: invented from a seed and a number whenever they are asked for, and stored nowhere.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// How many employees stand on a page.
pub const ON_A_PAGE: u64 = 10;

/// A page of employees.
#[derive(Debug, PartialEq, Serialize)]
pub struct Page {
    /// Its number, from 1.
    pub page: u64,
    /// How many pages there are.
    pub pages: u64,
    /// Who stands on it.
    pub employees: Vec<Employee>,
}

/// Somebody who does not exist.
#[derive(Debug, PartialEq, Serialize)]
pub struct Employee {
    /// The number, from 1 over all pages.
    pub id: u64,
    /// First and last name.
    pub name: String,
    /// Where they work.
    pub department: &'static str,
    /// An address that no other employee has, in a domain that delivers nothing (RFC 2606).
    pub email: String,
}

impl Page {
    /// Page number `page` of `pages`.
    pub fn new(seed: u64, page: u64, pages: u64) -> Page {
        let first = page.saturating_sub(1).saturating_mul(ON_A_PAGE).saturating_add(1);
        let employees = (first..first.saturating_add(ON_A_PAGE)).map(|id| Employee::new(seed, id)).collect();
        Page { page, pages, employees }
    }
}

impl Employee {
    /// The employee of this number.
    pub fn new(seed: u64, id: u64) -> Employee {
        // A hash and no generator: it is the same on every machine and with every version, and neighbours do not
        // resemble each other.
        let hash = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(id.to_le_bytes()).finalize();
        let first = FIRST_NAMES[usize::from(hash[0]) % FIRST_NAMES.len()];
        let last = LAST_NAMES[usize::from(hash[1]) % LAST_NAMES.len()];
        Employee {
            id,
            name: format!("{first} {last}"),
            department: DEPARTMENTS[usize::from(hash[2]) % DEPARTMENTS.len()],
            email: format!("{}.{}.{id}@example.com", first.to_ascii_lowercase(), last.to_ascii_lowercase()),
        }
    }
}

// As many of each as divide 256: all are then equally likely.

const FIRST_NAMES: [&str; 32] = [
    "Ada", "Aiko", "Amir", "Anna", "Bashir", "Carlos", "Chloe", "Daniel", "Elena", "Emeka", "Fatima", "Grace", "Hugo",
    "Ines", "Ivan", "Jun", "Kofi", "Lena", "Luca", "Maria", "Mei", "Nadia", "Noah", "Olga", "Omar", "Priya", "Rosa",
    "Samir", "Sofia", "Tomas", "Wanjiru", "Yusuf",
];

const LAST_NAMES: [&str; 32] = [
    "Adeyemi", "Almeida", "Andersen", "Bauer", "Chen", "Costa", "Diaz", "Dubois", "Eriksen", "Farah", "Fischer",
    "Garcia", "Gupta", "Haddad", "Ito", "Ivanova", "Kamau", "Khan", "Kim", "Kowalski", "Lopez", "Martin", "Mensah",
    "Moreau", "Nguyen", "Novak", "Okafor", "Rossi", "Sato", "Silva", "Tanaka", "Weber",
];

const DEPARTMENTS: [&str; 8] =
    ["Design", "Engineering", "Finance", "Legal", "Marketing", "People", "Research", "Sales"];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn pages_are_the_same_each_time_and_hand_out_each_number_once() {
        let pages: Vec<Page> = (1..=50).map(|page| Page::new(7, page, 50)).collect();
        assert!(pages.iter().zip(1..).all(|(page, number)| *page == Page::new(7, number, 50)));
        let employees: Vec<&Employee> = pages.iter().flat_map(|page| &page.employees).collect();
        assert!(employees.iter().map(|employee| employee.id).eq(1..=500));
        let addresses: HashSet<&str> = employees.iter().map(|employee| employee.email.as_str()).collect();
        assert_eq!(addresses.len(), 500);
        assert_ne!(Page::new(7, 1, 50), Page::new(8, 1, 50));
    }

    #[test]
    fn an_employee_never_changes() {
        let expected = Employee {
            id: 1,
            name: "Tomas Lopez".to_owned(),
            department: "Marketing",
            email: "tomas.lopez.1@example.com".to_owned(),
        };
        assert_eq!(Employee::new(0, 1), expected);
    }
}
