package import Core

/// What a scan goes by; all of it comes from the settings file.
package struct ScanRules: Sendable {
    package var targets: [Target] { didSet { configured = Set(targets) } }
    /// The same, made once: every environment is looked up in it.
    package private(set) var configured: Set<Target>
    package var names: NameRules
    package var owners: OwnerRules
    package var spaces: [AccountID: SpaceName]
    /// Targets read at the same time.
    package var width: Int

    /// Every space of the settings file; an account that is in none is one of its own.
    var allSpaces: Set<SpaceName> {
        Set(targets.map { spaces[$0.account] ?? SpaceName($0.account.text) }).union(spaces.values)
    }

    package init(
        targets: [Target],
        names: NameRules,
        owners: OwnerRules,
        spaces: [AccountID: SpaceName],
        width: Int = 8
    ) {
        self.targets = targets
        configured = Set(targets)
        self.names = names
        self.owners = owners
        self.spaces = spaces
        self.width = width
    }
}

/// What one scan found, or could not.
package struct ScanOutcome: Sendable {
    package var summary: ScanSummary
    package var environments: Int
    /// A naming rule differs from the scan before: the grace of what it concerns starts anew (D5).
    package var namingChanged: Bool
    /// Environments whose account is in another space now.
    package var moved: [SpaceMove] = []
    /// What is unknown about environments whose components were read.
    package var notes: [EvidenceNote] = []
    /// What could not be found out about where to read; it makes the scan partial.
    package var troubles: [TargetTrouble] = []
    /// This process among the scan's workers.
    package var worker = WorkerID(0)

    package var isComplete: Bool { summary.state == "complete" }
    /// Not one target could be read.
    package var readNothing: Bool { summary.readings.allSatisfy { $0.outcome == "failed" } }
}
