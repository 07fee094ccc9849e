package import Core

/// The settings with what was found beside them: accounts of the organization, and enabled regions.
package struct KnownTargets: Sendable {
    /// Their accounts are those of the file, then those of the organization that are looked after.
    package var settings: Settings
    /// Accounts of the organization that are not read, and why; those of the file are never among them.
    package var passedOver: [AccountID: PassedOver]
    /// Nil: no organization is configured.
    package var names: AccountNames?

    /// Whoever is in the file is taken from there, with its own access and name.
    ///
    /// `organization`, `regions`: as they were found the last time.
    package init(_ settings: Settings, organization: OrganizationRecord?, regions: [AccountID: RegionsRecord]) {
        self.settings = settings
        passedOver = [:]
        if let configured = settings.organization {
            names = AccountNames(organization)
            let written = Set(settings.accounts.map(\.id))
            var taken: [ListedAccount] = []
            for account in organization?.accounts ?? [] where !written.contains(account.listed.id) {
                if let why = account.refusal(by: configured.selection) {
                    passedOver[account.listed.id] = why
                } else {
                    taken.append(account.listed)
                }
            }
            let words = Self.words(of: taken, beside: settings)
            self.settings.accounts += taken.sorted { $0.id < $1.id }.map { account in
                AccountSettings(account, word: words[account.id], configured)
            }
        }
        for (index, account) in self.settings.accounts.enumerated() {
            guard let globs = account.enabledRegions else { continue }
            self.settings.accounts[index].regions = (regions[account.id]?.regions ?? []).filter { region in
                globs.isEmpty || globs.contains { $0.matches(region.text) }
            }
        }
    }

    /// What people call them: the organization's name, where it stands for one account alone and can be written.
    ///
    /// Members may choose their accounts' names: none may come to mean an account, a space or anything else of the file.
    private static func words(of accounts: [ListedAccount], beside settings: Settings) -> [AccountID: String] {
        let taken = Set(settings.accountWords + settings.spaces.keys.map(\.text) + accounts.map(\.id.text))
        let together = Dictionary(grouping: accounts, by: { $0.name.lowercased() })
        let lower = Set(taken.map { $0.lowercased() })
        return together.compactMap { name, accounts -> (AccountID, String)? in
            guard accounts.count == 1, let account = accounts.first, isWord(account.name), !lower.contains(name) else {
                return nil
            }
            return (account.id, account.name)
        }
        .reduce(into: [:]) { $0[$1.0] = $1.1 }
    }

    /// What can stand in a command, a table and a policy without being taken for something else.
    private static func isWord(_ name: String) -> Bool {
        !name.isEmpty && name.count <= 60 && name.first != " " && name.last != " "
            && name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value < 127 && $0 != "/" && $0 != "," }
            && !name.allSatisfy(\.isASCIIDigit)
    }
}

extension OrganizationAccount {
    /// Why it is not read; nil where it is.
    fileprivate func refusal(by selection: AccountSelection) -> PassedOver? {
        if leftAt != nil { return .left }
        if let why = selection.refusal(of: listed) { return .excluded(why) }
        return listed.isActive ? nil : .inactive(listed.state)
    }
}

extension AccountSettings {
    fileprivate init(_ account: ListedAccount, word: String?, _ organization: OrganizationSettings) {
        self.init(
            id: account.id,
            name: word,
            access: .role(
                arn: organization.role.arn(in: account.id, of: account.partition),
                externalID: organization.externalID,
                profile: organization.profile
            ),
            regions: organization.regions,
            enabledRegions: organization.enabledRegions,
            isDiscovered: true
        )
    }
}

extension Settings {
    /// Something is to be found before targets are known.
    package var findsTargets: Bool { organization != nil || accounts.contains { $0.enabledRegions != nil } }
}
