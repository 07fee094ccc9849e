/// Runs the work for every element, at most `width` at a time, and gathers every result in the order given:
/// one failure neither cancels nor hides the others.
func fanOut<Element: Sendable, Value: Sendable>(
    _ elements: [Element],
    width: Int,
    _ work: @escaping @Sendable @concurrent (Element) async -> Value
) async -> [Value] {
    await withTaskGroup(of: (Int, Value).self) { group in
        var next = 0
        func start(_ group: inout TaskGroup<(Int, Value)>) {
            guard next < elements.count else { return }
            let index = next
            let element = elements[index]
            next += 1
            group.addTask { (index, await work(element)) }
        }
        for _ in 0..<max(1, width) { start(&group) }
        var results: [Int: Value] = [:]
        while let (index, value) = await group.next() {
            results[index] = value
            start(&group)
        }
        return elements.indices.compactMap { results[$0] }
    }
}

/// Gathers a value or one of our typed failures.
func gathering<Value, Failure: Error>(
    _ body: () async throws(Failure) -> Value
) async -> Result<Value, Failure> {
    do { return .success(try await body()) } catch { return .failure(error) }
}
