/// A data-bearing resource that goes with the environment.
package struct Loss: Sendable, Hashable, Codable {
    package let component: ComponentID
    package let type: String
    package let name: String

    package init(component: ComponentID, type: String, name: String) {
        self.component = component
        self.type = type
        self.name = name
    }
}
