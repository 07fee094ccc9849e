import Core
import Foundation

/// What is kept of a component before its deletion is asked for.
///
/// It can hold secrets: it goes into the store and nowhere else.
struct Tombstone: Encodable {
    let id: String
    let name: String
    let status: String
    let template: String
    let processedTemplate: String
    let parameters: [String: String]
    let tags: [String: String]
    let outputs: [ComponentOutput]
    let capabilities: [String]
    let notificationTopics: [String]
    let serviceRole: String?
    let summary: String?
    let resources: [ObservedResource]
    let created: Date?
    let updated: Date?
    private let component: ObservedComponent

    private enum CodingKeys: String, CodingKey {
        case id, name, status, template, processedTemplate, parameters, tags, outputs, capabilities, notificationTopics
        case serviceRole, summary, resources, created, updated
    }

    /// The same digest that the plan's fingerprint has of it, unless it was changed by anybody but that plan.
    func digest(asApprovedBy plan: PlanRecord) -> Digest {
        var component = component
        if plan.protectionSwitchedOff.contains(component.id), component.terminationProtection == false {
            component.terminationProtection = true
        }
        return Fingerprint.digest(of: component, template: template, resources: resources)
    }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return Array(try encoder.encode(self))
    }

    /// Reads it afresh; a component that cannot be read in full is not deleted.
    static func take(_ step: PlanStep, provider: any ProviderReading) async throws -> Tombstone {
        guard let component = try await provider.component(step.component, in: step.target) else {
            throw ProviderFailure(
                .refused,
                "\(step.name) is gone already",
                advice: "nothing to do: the next look records it"
            )
        }
        return Tombstone(
            id: component.id.text,
            name: component.name,
            status: component.status.text,
            template: try await provider.template(of: component.id, in: step.target, original: true),
            processedTemplate: try await provider.template(of: component.id, in: step.target, original: false),
            parameters: component.parameters,
            tags: component.tags,
            outputs: component.outputs,
            capabilities: component.capabilities,
            notificationTopics: component.notificationTopics,
            serviceRole: component.serviceRole,
            summary: component.summary,
            resources: try await provider.resources(of: component.id, in: step.target),
            created: component.created,
            updated: component.updated,
            component: component
        )
    }
}
