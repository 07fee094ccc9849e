package import Foundation

/// One account with everything that decides whether, how and how well it is read.
package struct AccountOverview: Sendable {
    package enum Origin: String, Sendable, CaseIterable {
        case settings
        case organization
        /// Neither knows it any more; it was read once, or somebody set its mode.
        case records
    }

    package var record: AccountRecord
    package var name: String?
    package var origin: Origin
    /// With whose credentials it is read, such as `role curfew-scan, profile management`; nil where it is not.
    package var access: String?
    /// Those that are read, or would be.
    package var regions: [Region]
    /// The regions are those that the account has enabled, and not written down.
    package var findsRegions: Bool
    package var regionsTrouble: TroubleRecord?
    /// What the organization says of it, such as `ACTIVE`; nil where it says nothing.
    package var state: String?
    /// Why it is not read at all.
    package var passedOver: PassedOver?
    /// Those that are configured, and those that once were.
    package var targets: [CoveredTarget]

    package init(
        record: AccountRecord,
        name: String? = nil,
        origin: Origin = .settings,
        access: String? = nil,
        regions: [Region] = [],
        findsRegions: Bool = false,
        regionsTrouble: TroubleRecord? = nil,
        state: String? = nil,
        passedOver: PassedOver? = nil,
        targets: [CoveredTarget] = []
    ) {
        self.record = record
        self.name = name
        self.origin = origin
        self.access = access
        self.regions = regions
        self.findsRegions = findsRegions
        self.regionsTrouble = regionsTrouble
        self.state = state
        self.passedOver = passedOver
        self.targets = targets
    }

    /// Targets that scans read.
    package var read: [CoveredTarget] {
        targets.filter { $0.coverage != .retired && $0.coverage != .unconfigured }
    }

    /// Since when all of them are known completely: the oldest of their newest complete readings; nil where one never was.
    package var completeAt: Date? {
        let moments = read.map { $0.record.complete?.at }
        return moments.contains(nil) ? nil : moments.compactMap(\.self).min()
    }

    /// Nothing was ever known of it but that the settings' rules leave it out.
    package var isOnlyExcluded: Bool {
        guard case .excluded = passedOver else { return false }
        return targets.isEmpty && record.mode == .report && record.by == nil && record.hold == nil
    }
}
