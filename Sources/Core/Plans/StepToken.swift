/// The token that makes one step's request recognisable: the same for every attempt at it, never used by another.
package struct StepToken: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}
