package api

// toolSpecs returns the tools as shared/contracts/tool.schema.json has them.
func toolSpecs(operations []Operation) []map[string]any {
	specs := []map[string]any{}
	for _, one := range operations {
		properties, required := map[string]any{}, []string{}
		for _, argument := range one.Arguments {
			properties[argument.Name] = argument.schema()
			if argument.Default == nil {
				required = append(required, argument.Name)
			}
		}
		specs = append(specs, map[string]any{
			"name":        Feature + "." + one.Tool,
			"description": one.Description,
			"effect":      "read",
			"outside":     false,
			"says":        one.Says,
			"parameters": map[string]any{
				"type": "object", "title": one.Tool + "_arguments", "additionalProperties": false,
				"properties": properties, "required": required,
			},
		})
	}
	return specs
}

// described returns the OpenAPI description of the public paths.
func described(operations []Operation) map[string]any {
	paths := map[string]any{}
	for _, one := range operations {
		parameters := []map[string]any{}
		for _, argument := range one.Arguments {
			parameters = append(parameters, map[string]any{
				"name": argument.Name, "in": "query", "required": argument.Default == nil,
				"description": argument.Says, "schema": argument.schema(),
			})
		}
		ok := map[string]any{
			"description": "Successful Response",
			"content":     map[string]any{"application/json": map[string]any{"schema": map[string]any{"type": "object"}}},
		}
		paths[one.Path] = map[string]any{"get": map[string]any{
			"tags": []string{Feature}, "summary": one.Description, "operationId": one.Tool,
			"parameters": parameters, "responses": map[string]any{"200": ok},
		}}
	}
	return map[string]any{
		"openapi": "3.1.0", "info": map[string]any{"title": Feature, "version": "1"}, "paths": paths,
	}
}
