package import Foundation

/// Who made or deployed one component, as the provider's history had it.
///
/// The identity is kept as it was read, so that a rule about pipelines that is added later counts for it, too.
package struct TrailEvidence: Sendable, Hashable, Codable {
    package enum Part: String, Sendable, Hashable, Codable, CaseIterable {
        case made
        /// Changed what was there: who made it is not known, or nobody.
        case deployed
    }

    package var component: ComponentID
    package var part: Part
    package var event: String
    package var call: TrailCall
    package var at: Date
    package var identity: TrailIdentity

    package init(
        component: ComponentID,
        part: Part,
        event: String,
        call: TrailCall,
        at: Date,
        identity: TrailIdentity
    ) {
        self.component = component
        self.part = part
        self.event = event
        self.call = call
        self.at = at
        self.identity = identity
    }

    package init(_ event: TrailEvent, of component: ComponentID) {
        self.init(
            component: component,
            part: event.makes ? .made : .deployed,
            event: event.id,
            call: event.call,
            at: event.at,
            identity: event.identity
        )
    }

    /// Of two about the same component and part the one to keep: a person before nobody, then the earlier call.
    ///
    /// Whatever order they come in, the same one stays, so that reading something twice changes nothing.
    package func outweighs(_ other: TrailEvidence, machines: [String]) -> Bool {
        let (mine, others) = (identity.caller(machines: machines), other.identity.caller(machines: machines))
        if mine.isPerson != others.isPerson { return mine.isPerson }
        return (at, event) < (other.at, other.event)
    }

    private var sentence: String {
        let verb = part == .made ? "made" : "deployed"
        return "\(verb) \(component) (CloudTrail \(call.rawValue) of \(at.minuteText))"
    }

    /// As owner evidence; nil where nobody in particular called.
    package func owner(machines: [String]) -> OwnerEvidence? {
        guard case .person(let owner, let basis) = identity.caller(machines: machines) else { return nil }
        return OwnerEvidence(
            owner: owner,
            source: .cloudTrail,
            confidence: .traced,
            detail: "\(sentence); \(basis)"
        )
    }

    /// Why no owner follows from it; nil where one does.
    package func passedOver(machines: [String]) -> String? {
        guard case .nobody(let why) = identity.caller(machines: machines) else { return nil }
        return "\(why), \(sentence)"
    }
}

extension [TrailEvidence] {
    /// For each component who made it, or, where that is unknown or nobody in particular, who deployed it.
    package func owners(machines: [String]) -> [OwnerEvidence] {
        let people = compactMap { evidence in evidence.owner(machines: machines).map { (evidence, $0) } }
        let made = Set(people.filter { $0.0.part == .made }.map(\.0.component))
        return people.filter { $0.0.part == .made || !made.contains($0.0.component) }.map(\.1)
    }
}
