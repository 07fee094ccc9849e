import AWS
package import Core
import Foundation

extension AWSProvider: TrailReading {
    /// Calls that failed, and those of other services, accounts or regions, are left out.
    package func trail(
        _ question: TrailQuestion,
        page: String?,
        in target: Target
    ) async throws(ProviderFailure) -> TrailPage {
        try await asking(target) { (client, region) throws(AWSError) in
            let page = try await Trails(client, region: region).events(
                named: question.call.rawValue,
                from: question.from,
                until: question.until,
                page: page
            )
            return TrailPage(
                events: page.items.compactMap { $0.record.flatMap { TrailEvent($0, question.call, in: target) } },
                oldest: page.items.map(\.at).min(),
                unreadable: page.items.count { $0.record == nil },
                next: page.nextToken
            )
        }
    }
}

extension TrailEvent {
    init?(_ record: TrailRecord, _ call: TrailCall, in target: Target) {
        guard record.name == call.rawValue, record.source == "cloudformation.amazonaws.com", !record.failed,
            record.account ?? target.account.text == target.account.text,
            record.region ?? target.region.text == target.region.text
        else { return nil }
        let given = record.request["stackName"]
        // Stacks may be named by their id in every call.
        let id = record.response["stackId"] ?? given.flatMap { $0.hasPrefix("arn:") ? $0 : nil }
        let type = record.request["changeSetType"]
        self.init(
            id: record.id,
            call: call,
            at: record.at,
            identity: TrailIdentity(record.identity),
            component: id.map { ComponentID($0) },
            name: id == nil ? given : nil,
            makes: call == .createStack || call == .createChangeSet && (type == "CREATE" || type == "IMPORT")
        )
    }
}

extension TrailIdentity {
    /// The session's name is the last part of the caller's ARN and of the principal's id.
    init(_ identity: TrailRecord.Identity) {
        let hasSession = ["AssumedRole", "Role", "FederatedUser"].contains(identity.type)
        let named = identity.principalID?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).last
        let parts = identity.arn?.split(separator: "/").map(String.init) ?? []
        let session =
            parts.count > 1 ? parts.last : identity.principalID?.contains(":") == true ? named.map(String.init) : nil
        self.init(
            kind: identity.type,
            userName: identity.userName,
            // An assumed role's ARN has no path: `assumed-role/NAME/SESSION`.
            roleName: identity.type == "AssumedRole"
                ? identity.issuerName ?? (parts.count > 2 ? parts[1] : nil) : identity.issuerName,
            sessionName: hasSession ? session : nil,
            sourceIdentity: identity.sourceIdentity,
            federatedProvider: identity.federatedProvider,
            invokedBy: identity.invokedBy
        )
    }
}
