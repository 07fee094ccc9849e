/// Which of the organization's accounts are looked after.
package struct AccountSelection: Sendable, Hashable {
    /// What one line of the settings speaks of.
    package enum Rule: Sendable, Hashable, CustomStringConvertible {
        case account(AccountID)
        /// The organization's name of the account.
        case name(NameGlob)
        /// An organizational unit, at any depth above the account.
        case unit(String)

        package var description: String {
            switch self {
            case .account(let id): id.text
            case .name(let glob): glob.text
            case .unit(let unit): unit
            }
        }
    }

    /// Nil: all of them.
    package var include: [Rule]?
    package var exclude: [Rule]

    package init(include: [Rule]? = nil, exclude: [Rule] = []) {
        self.include = include
        self.exclude = exclude
    }

    /// Why an account is left out; nil where it is taken in.
    ///
    /// Exclusion is stronger, but an id is stronger than a name or a unit: who names an account by its id means it.
    /// Of an account whose units are not known, a unit takes nothing in and keeps it out.
    package func refusal(of account: ListedAccount) -> String? {
        if exclude.contains(.account(account.id)) { return "excluded by its id" }
        if include?.contains(.account(account.id)) == true { return nil }
        if let rule = exclude.first(where: { $0.mayMean(account) }) { return "excluded by `\(rule)`" }
        guard let include, !include.contains(where: { $0.means(account) }) else { return nil }
        return "not included by any rule"
    }
}

extension AccountSelection.Rule {
    fileprivate func means(_ account: ListedAccount) -> Bool {
        switch self {
        case .account(let id): id == account.id
        case .name(let glob): glob.matches(account.name)
        case .unit(let unit): account.units?.contains(unit) ?? false
        }
    }

    /// The same, where what is not known counts as meant.
    fileprivate func mayMean(_ account: ListedAccount) -> Bool {
        if case .unit = self, account.units == nil { return true }
        return means(account)
    }
}
