package import Core

/// The accounts of an organization: how they are listed, and how each of them is reached.
package struct OrganizationSettings: Sendable, Hashable {
    /// A configured account whose access may list the others; nil: the profile or the ambient credentials may.
    package var account: AccountID?
    /// From which profile the role of each account is assumed; nil: from the ambient credentials.
    package var profile: String?
    package var role: RoleTemplate
    package var externalID: String?
    package var externalIDFrom: SecretReference?
    /// The same regions in every account; empty where each account's own are found.
    package var regions: [Region]
    /// The patterns that let enabled regions through; nil: `regions` are written down.
    package var enabledRegions: [NameGlob]?
    package var selection: AccountSelection

    package init(
        account: AccountID? = nil,
        profile: String? = nil,
        role: RoleTemplate,
        externalID: String? = nil,
        externalIDFrom: SecretReference? = nil,
        regions: [Region] = [],
        enabledRegions: [NameGlob]? = [],
        selection: AccountSelection = AccountSelection()
    ) {
        self.account = account
        self.profile = profile
        self.role = role
        self.externalID = externalID
        self.externalIDFrom = externalIDFrom
        self.regions = regions
        self.enabledRegions = enabledRegions
        self.selection = selection
    }
}

/// One role in each of many accounts: its name, or an ARN with `{account}` and, for several partitions, `{partition}`.
package struct RoleTemplate: Sendable, Hashable {
    package let text: String

    /// Nil for what is neither.
    package init?(_ text: String) {
        let words = text.split(separator: ":", omittingEmptySubsequences: false)
        let name: Substring
        if words.count == 1 {
            name = text[...]
        } else {
            guard words.count == 6, words[0] == "arn", words[1] == "{partition}" || words[1].hasPrefix("aws"),
                words[2] == "iam", words[3].isEmpty, words[4] == "{account}", words[5].hasPrefix("role/")
            else { return nil }
            name = words[5].dropFirst(5)
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let allowed = parts.allSatisfy { part in
            !part.isEmpty && part.count <= 64
                && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_+=,.@-".contains($0)) }
        }
        guard allowed else { return nil }
        self.text = text
    }

    package func arn(in account: AccountID, of partition: String) -> String {
        guard text.contains(":") else { return "arn:\(partition):iam::\(account):role/\(text)" }
        return text.replacing("{partition}", with: partition).replacing("{account}", with: account.text)
    }
}

/// How long scans may take.
package struct ScanSettings: Sendable, Hashable {
    /// After this long `curfew scan` begins no target and ends those under way; a night has a limit of its own.
    package var within: Duration
    /// A target that takes longer is cut off, and counts as not read.
    package var perTarget: Duration

    package init(within: Duration = .seconds(2 * 3_600), perTarget: Duration = .seconds(15 * 60)) {
        self.within = within
        self.perTarget = perTarget
    }
}
