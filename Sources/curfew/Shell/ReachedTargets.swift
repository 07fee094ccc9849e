import AWS
import Core
import Foundation
import Ledger
import Operations
import Settings

/// The targets of one command, and how they are reached.
struct ReachedTargets {
    let known: KnownTargets
    let aws: AWSWiring
    let troubles: [TargetTrouble]
}

extension Shell {
    /// The settings' targets with those that were found before, or, for a scan, that are found now.
    ///
    /// `configured`: reaches what the settings name.
    func reached(
        _ settings: Settings,
        _ configured: AWSWiring,
        in ledger: PostgresLedger,
        finding: Bool
    ) async throws -> ReachedTargets {
        guard settings.findsTargets else {
            let known = KnownTargets(settings, organization: nil, regions: [:])
            return ReachedTargets(known: known, aws: configured, troubles: [])
        }
        var troubles: [TargetTrouble] = []
        if finding, settings.organization != nil {
            progress("listing the organization's accounts")
            troubles += try await search(configured, ledger).accounts()
        }
        let organization = settings.organization == nil ? nil : try await ledger.organization()
        var known = KnownTargets(settings, organization: organization, regions: try await ledger.regions())
        let aws = try AWSWiring(known.settings, variables: variables, after: configured)
        let unsure = known.settings.accounts.filter { $0.enabledRegions != nil }.map(\.id)
        if finding, !unsure.isEmpty {
            progress("asking \(unsure.count) accounts for their regions")
            troubles += try await search(aws, ledger).regions(of: unsure)
            known = KnownTargets(settings, organization: organization, regions: try await ledger.regions())
        }
        endProgress()
        return ReachedTargets(known: known, aws: aws, troubles: troubles)
    }

    private func search(_ aws: AWSWiring, _ ledger: PostgresLedger) -> TargetSearch {
        TargetSearch(finding: aws.finding, store: ledger, clock: { Date() })
    }
}

extension Session {
    /// What is known or configured, and not read.
    func unreadTargets() async throws -> [UnreadTarget] {
        UnreadTarget.all(
            try await ledger.targetStates(),
            configured: wiring.rules.configured,
            passedOver: found.known?.passedOver ?? [:]
        )
    }
}
