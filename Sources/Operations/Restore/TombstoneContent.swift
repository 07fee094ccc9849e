import Core
import Foundation

/// Everything that is needed to deploy a component again, as it is stored.
///
/// It can hold secrets: nothing of it is printed but names.
struct TombstoneContent: Codable, Sendable, Equatable {
    /// The shape of what is stored; what cannot be read any more is refused, never guessed at.
    static let format = 2

    struct Parameter: Codable, Sendable, Equatable {
        let name: String
        /// Nil: not known.
        let value: String?
    }

    var format = TombstoneContent.format
    let environment: EnvironmentKey
    let target: Target
    let id: ComponentID
    let name: String
    let status: String
    /// As it was given, and as macros made it.
    let template: String
    let processedTemplate: String
    let parameters: [Parameter]
    let tags: [String: String]
    let capabilities: [String]
    let outputs: [ComponentOutput]
    let notificationTopics: [String]
    let stackPolicy: String?
    /// As it was before a plan switched it off.
    let terminationProtection: Bool
    let serviceRole: String?
    let summary: String?
    let resources: [ObservedResource]
    let created: Date?
    let updated: Date?

    init(
        _ component: ObservedComponent,
        of step: PlanStep,
        template: String,
        processedTemplate: String,
        resources: [ObservedResource],
        stackPolicy: String?
    ) {
        environment = step.environment
        target = step.target
        id = component.id
        name = component.name
        status = component.status.text
        self.template = template
        self.processedTemplate = processedTemplate
        parameters = component.parameters.sorted { $0.key < $1.key }
            .map { Parameter(name: $0.key, value: Self.isMasked($0.value) ? nil : $0.value) }
        tags = component.tags
        capabilities = component.capabilities
        outputs = component.outputs
        notificationTopics = component.notificationTopics
        self.stackPolicy = stackPolicy
        terminationProtection = component.terminationProtection ?? false
        serviceRole = component.serviceRole
        summary = component.summary
        self.resources = resources
        created = component.created
        updated = component.updated
    }

    /// CloudFormation shows a parameter with `NoEcho` as asterisks.
    ///
    /// A value that really is made of asterisks cannot be told from that, and asking for it does less harm than deploying
    /// with the mask.
    private static func isMasked(_ value: String) -> Bool { !value.isEmpty && value.allSatisfy { $0 == "*" } }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        // One spelling for one content, so that equal contents have equal hashes.
        encoder.outputFormatting = [.sortedKeys]
        return Array(try encoder.encode(self))
    }

    /// Reads what `encoded()` wrote; the error says nothing of the content.
    static func decoded(_ bytes: [UInt8], of component: ComponentID) throws(Problem) -> TombstoneContent {
        let data = Data(bytes)
        let shape = try? JSONDecoder().decode(Shape.self, from: data)
        guard let format = shape?.format ?? (shape == nil ? nil : 1) else {
            throw Problem(
                .data,
                "the tombstone of \(component) is no JSON",
                advice: "restore the database from a backup"
            )
        }
        guard format == Self.format, let content = try? JSONDecoder().decode(Self.self, from: data),
            content.id == component
        else {
            throw Problem(
                .data,
                "the tombstone of \(component) has format \(format), and this program reads \(Self.format)",
                advice: "use the version of Curfew that stored it"
            )
        }
        return content
    }

    private struct Shape: Decodable { let format: Int? }

    /// Every value that may be a secret, longest first.
    var values: [String] {
        (parameters.compactMap(\.value) + outputs.map(\.value)).sorted { $0.count > $1.count }
    }

    var exports: Set<String> { Set(outputs.compactMap(\.exportName)) }
}
