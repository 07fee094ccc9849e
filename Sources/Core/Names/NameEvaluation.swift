/// Where a piece of evidence about a name was found.
package enum NameSource: Hashable, Sendable, Codable, CustomStringConvertible {
    case stackName
    /// The key as it is written on the component.
    case tag(key: String)
    /// The CDK stage of the template's `aws:cdk:path`.
    case cdkStage

    package var description: String {
        switch self {
        case .stackName: "stack name"
        case .tag(let key): "tag \(key)"
        case .cdkStage: "CDK stage"
        }
    }
}

/// One thing that was looked at, and what it says.
package struct NameEvidence: Hashable, Sendable, Codable {
    package enum Outcome: Hashable, Sendable, Codable {
        /// It holds this permanent word where it counts.
        case permanent(word: String)
        /// A rule reads it as this environment.
        case names(EnvironmentName)
        /// It holds this environment's name, but something beside it is unexplained. No rule matches, but it can
        /// still disagree with others.
        case mentions(EnvironmentName)
        /// A development word that is no evidence here.
        case noEvidence(word: String)
        /// Neither permanent nor a feature, such as `env=blue`: it says nothing, for or against.
        case unexplained
    }

    package let source: NameSource
    /// As it is written on the component.
    package let value: String
    /// The rule that read it, such as `{service}-{feature}`.
    package let rule: String
    package let outcome: Outcome
    /// The environment that stands in it, also when a permanent word outweighs that.
    package let named: EnvironmentName?
    /// For people, without a full stop.
    package let sentence: String
}

/// What all evidence together says about a component.
package enum NameVerdict: Hashable, Sendable, Codable {
    case feature(EnvironmentName)
    /// At least one piece of evidence is permanent; the first is given.
    case permanent(word: String, source: NameSource)
    /// The evidence names different environments, sorted.
    case ambiguous([EnvironmentName])
    case unmatched(reason: String)
    /// The deny-list rule as it is written.
    case excluded(rule: String)
}

/// The verdict on one component with everything that led to it.
package struct NameEvaluation: Hashable, Sendable, Codable {
    package let verdict: NameVerdict
    /// Every environment that any evidence names, whatever the verdict: a permanent or ambiguous component holds
    /// all of them back.
    package let named: Set<EnvironmentName>
    /// All evidence: the stack name, the CDK stage, then tags by key.
    package let trace: [NameEvidence]
    /// What a person can do so that the name is understood; nil when there is nothing to say.
    package let remedy: String?
}
